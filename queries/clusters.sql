-- One row a story: who ran it first, how many outlets ran it, and how late the last one was.
CREATE VIEW clusters AS
SELECT
    cluster_id,
    count(*) AS copies,
    count(DISTINCT source_name) AS outlets,
    arg_min(source_name, (published_at, article_id)) AS first_outlet,
    arg_min(title, (published_at, article_id)) AS first_title,
    min(published_at) AS first_published_at,
    max(published_at) - min(published_at) AS spread,
    list_sort(list_distinct(flatten(list(list_transform(agencies, lambda a: a.agency))))) AS agencies
FROM texts
GROUP BY cluster_id;
