-- One row a topic: how many stories (not copies) carry it, and the strongest of them.
CREATE VIEW topics AS
SELECT topic.topic AS topic, count(DISTINCT cluster_id) AS stories, count(*) AS texts, arg_max(title, topic.score) AS strongest
FROM (SELECT cluster_id, title, unnest(topics) AS topic FROM texts)
GROUP BY ALL;
