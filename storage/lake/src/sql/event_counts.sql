-- How often each event happened, and when it did so first and last.
SELECT name, count(*) AS events, min("time") AS first_time, max("time") AS last_time
FROM events
GROUP BY name
ORDER BY events DESC, name
