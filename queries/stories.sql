-- One row a text of a story: its place in line and its delay behind the first.
CREATE VIEW stories AS
SELECT
    cluster_id,
    row_number() OVER story AS place,
    source_name,
    title,
    published_at,
    published_at - first_value(published_at) OVER story AS delay,
    coalesce(duplicate_kind, 'canonical') AS kind,
    containment,
    url
FROM texts
WINDOW story AS (PARTITION BY cluster_id ORDER BY published_at, article_id);
