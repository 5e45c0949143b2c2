-- One row a text of a story: its place in line and its delay behind the first.
CREATE VIEW stories AS
SELECT
    cluster_id,
    row_number() OVER story AS place,
    source_name,
    title,
    published_at,
    published_at - first_value(published_at) OVER story AS delay,
    -- a correction says where a text belongs, not how it repeats
    CASE WHEN cluster_id = article_id THEN 'canonical' ELSE coalesce(duplicate_kind, 'copy') END AS kind,
    containment,
    url
FROM texts
WINDOW story AS (PARTITION BY cluster_id ORDER BY published_at, article_id);
