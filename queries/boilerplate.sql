-- One row a text that more than three URLs of one site have in common: a wall or a notice, most likely, not an article.
CREATE VIEW boilerplate AS
SELECT
    source_domain,
    content_sha256,
    count(DISTINCT url) AS urls,
    any_value(word_count) AS words,
    arg_min(url, (published_at, article_id)) AS example,
    arg_min(left(body_text, 200), (published_at, article_id)) AS beginning
FROM texts
GROUP BY source_domain, content_sha256
HAVING count(DISTINCT url) > 3;
