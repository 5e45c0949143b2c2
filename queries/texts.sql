-- Every text once: stories and their reprints together, each with the cluster it belongs to after all merges.
CREATE VIEW texts AS
WITH RECURSIVE step(cluster_id, into_id, hops) AS (
    SELECT cluster_id, into_id, 1 FROM merges
    UNION ALL
    SELECT step.cluster_id, merges.into_id, hops + 1
    FROM step JOIN merges ON merges.cluster_id = step.into_id
    WHERE hops < 50
),
final AS (SELECT cluster_id, arg_max(into_id, hops) AS into_id FROM step GROUP BY cluster_id),
both_datasets AS (SELECT * FROM articles UNION ALL BY NAME SELECT * FROM reprints)
SELECT both_datasets.* EXCLUDE (cluster_id), coalesce(final.into_id, both_datasets.cluster_id) AS cluster_id
FROM both_datasets LEFT JOIN final USING (cluster_id);
