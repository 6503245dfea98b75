-- Times are milliseconds since the Unix epoch, yes and no are 1 and 0.
CREATE TABLE calls (
  app BIGINT NOT NULL,
  id TEXT NOT NULL,
  caller TEXT NOT NULL,
  media TEXT NOT NULL,
  is_group BIGINT NOT NULL,
  chat_group TEXT,
  room_int BIGINT NOT NULL,
  room_str TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  begun_at BIGINT,
  ended_at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT NOT NULL,
  ended_by TEXT,
  PRIMARY KEY (app, id)
);
CREATE INDEX calls_by_time ON calls (app, created_at, id);
CREATE INDEX calls_by_end ON calls (ended_at);
CREATE INDEX calls_by_chat_group ON calls (app, chat_group, created_at, id);

CREATE TABLE call_members (
  app BIGINT NOT NULL,
  call_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  place BIGINT NOT NULL,
  role TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT NOT NULL,
  caused_by TEXT,
  joined_at BIGINT,
  left_at BIGINT NOT NULL,
  duration BIGINT NOT NULL,
  call_created_at BIGINT NOT NULL,
  PRIMARY KEY (app, call_id, user_id)
);
CREATE INDEX call_members_by_user ON call_members (app, user_id, call_created_at, call_id);

-- state: 0 to be sent, 1 delivered, 2 given up
CREATE TABLE webhook_events (
  app BIGINT NOT NULL,
  id TEXT NOT NULL,
  call_id TEXT NOT NULL,
  position BIGINT NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  state BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  problem TEXT,
  PRIMARY KEY (app, id)
);
CREATE INDEX webhook_events_waiting ON webhook_events (app, next_at) WHERE state = 0;
CREATE INDEX webhook_events_of_call ON webhook_events (app, call_id, position);
CREATE INDEX webhook_events_given_up ON webhook_events (app, created_at, id) WHERE state = 2;
