-- Every text once: stories and their reprints together, each with the cluster it belongs to after all corrections.
CREATE VIEW texts AS
WITH both_datasets AS (SELECT * FROM articles UNION ALL BY NAME SELECT * FROM reprints)
SELECT
    both_datasets.* EXCLUDE (cluster_id),
    coalesce(corrections.cluster_id, both_datasets.cluster_id) AS cluster_id
FROM both_datasets LEFT JOIN corrections USING (article_id);
