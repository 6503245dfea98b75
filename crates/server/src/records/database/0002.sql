-- Only the first event of a call that is left has its turn (state 0); those behind it wait (state 3). So what is due is
-- found by its time alone, however much waits.
UPDATE webhook_events SET state = 3 WHERE state = 0 AND EXISTS (
  SELECT 1 FROM webhook_events earlier WHERE earlier.app = webhook_events.app AND earlier.call_id = webhook_events.call_id
  AND earlier.position < webhook_events.position AND earlier.state = 0);
DROP INDEX webhook_events_waiting;
CREATE INDEX webhook_events_due ON webhook_events (app, next_at) WHERE state = 0;
CREATE INDEX webhook_events_waiting ON webhook_events (app, call_id, position) WHERE state = 3;
