-- What some subjects did before a moment, the newest first. Events of one moment are told apart by their id.
SELECT *
FROM events
WHERE subject_id IN ($subjects)
    AND ("time" < $before_time OR ("time" = $before_time AND event_id < $before_event))
ORDER BY "time" DESC, event_id DESC
LIMIT $limit
