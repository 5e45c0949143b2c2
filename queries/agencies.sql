-- One row an agency: how many stories credit it, how many outlets ran them, and how often each was run.
CREATE VIEW agencies AS
WITH credited AS (
    SELECT DISTINCT cluster_id, unnest(list_transform(agencies, lambda a: a.agency)) AS agency FROM texts
)
SELECT
    agency,
    count(DISTINCT texts.cluster_id) AS stories,
    count(DISTINCT texts.article_id) AS texts,
    count(DISTINCT texts.source_name) AS outlets,
    round(count(DISTINCT texts.article_id) / count(DISTINCT texts.cluster_id), 2) AS copies_per_story,
    min(texts.published_at) AS first_published_at,
    max(texts.published_at) AS last_published_at
FROM credited JOIN texts USING (cluster_id)
GROUP BY agency;
