-- One row a copy: which outlet ran a story of another one, which agency's it was, and how late.
CREATE VIEW reprint_lags AS
SELECT
    texts.cluster_id,
    canonical.source_name AS first_outlet,
    canonical.title AS first_title,
    texts.source_name AS outlet,
    texts.title,
    list_transform(coalesce(nullif(texts.agencies, []), canonical.agencies), lambda a: a.agency) AS agencies,
    texts.published_at,
    texts.published_at - canonical.published_at AS late,
    texts.duplicate_kind,
    texts.containment,
    texts.url
FROM texts JOIN texts AS canonical ON canonical.article_id = texts.cluster_id
WHERE texts.article_id <> texts.cluster_id;
