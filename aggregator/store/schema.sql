CREATE TABLE candidate (
  id INTEGER NOT NULL,
  status VARCHAR NOT NULL,
  title VARCHAR NOT NULL,
  title_raw VARCHAR NOT NULL,
  url VARCHAR,
  canonical_url VARCHAR,
  section VARCHAR NOT NULL,
  section_confidence FLOAT NOT NULL,
  second VARCHAR,
  score FLOAT NOT NULL,
  source VARCHAR NOT NULL,
  author VARCHAR,
  published_at DATETIME,
  arrived_at DATETIME NOT NULL,
  summary VARCHAR NOT NULL,
  tags JSON NOT NULL,
  links JSON NOT NULL,
  score_reasons JSON NOT NULL,
  section_reasons JSON NOT NULL,
  similar JSON NOT NULL,
  warnings JSON NOT NULL,
  merged_into INTEGER,
  PRIMARY KEY (id)
);

CREATE TABLE decision (
  id INTEGER NOT NULL,
  at DATETIME NOT NULL,
  who VARCHAR NOT NULL,
  action VARCHAR NOT NULL,
  subject VARCHAR NOT NULL,
  "before" JSON NOT NULL,
  "after" JSON NOT NULL,
  undoes INTEGER,
  PRIMARY KEY (id)
);

CREATE TABLE host_hold (
  host VARCHAR NOT NULL,
  quiet_until DATETIME NOT NULL,
  PRIMARY KEY (host)
);

CREATE TABLE issue (
  id INTEGER NOT NULL,
  slug VARCHAR NOT NULL,
  date DATE,
  number INTEGER,
  status VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  headline VARCHAR NOT NULL,
  tagline VARCHAR NOT NULL,
  notes JSON NOT NULL,
  lead VARCHAR NOT NULL,
  opener VARCHAR NOT NULL,
  briefs JSON NOT NULL,
  sections JSON NOT NULL,
  past_issues JSON NOT NULL,
  footer VARCHAR NOT NULL,
  verbatim VARCHAR NOT NULL,
  guid VARCHAR NOT NULL,
  published_at DATETIME,
  updated_at DATETIME,
  untouched JSON NOT NULL,
  redirects JSON NOT NULL,
  briefed JSON NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (slug)
);

CREATE TABLE learnt (
  name VARCHAR NOT NULL,
  at DATETIME NOT NULL,
  basis JSON NOT NULL,
  data JSON NOT NULL,
  PRIMARY KEY (name)
);

CREATE TABLE link (
  url VARCHAR NOT NULL,
  checked_at DATETIME NOT NULL,
  status INTEGER,
  final_url VARCHAR,
  permanent BOOLEAN NOT NULL,
  error VARCHAR,
  code VARCHAR,
  PRIMARY KEY (url)
);

CREATE TABLE request (
  id INTEGER NOT NULL,
  source VARCHAR NOT NULL,
  at DATETIME NOT NULL,
  url VARCHAR NOT NULL,
  status INTEGER,
  seconds FLOAT NOT NULL,
  length_bytes INTEGER NOT NULL,
  conditional BOOLEAN NOT NULL,
  reason VARCHAR NOT NULL,
  error VARCHAR,
  PRIMARY KEY (id)
);

CREATE TABLE source_state (
  source VARCHAR NOT NULL,
  status VARCHAR NOT NULL,
  validators JSON NOT NULL,
  moved JSON NOT NULL,
  body_hashes JSON NOT NULL,
  item_hashes JSON NOT NULL,
  last_polled_at DATETIME,
  last_ok_at DATETIME,
  last_new_at DATETIME,
  next_poll_at DATETIME,
  next_poll_reason VARCHAR,
  failures INTEGER NOT NULL,
  last_error VARCHAR,
  feed_title VARCHAR,
  feed_link VARCHAR,
  rhythm JSON NOT NULL,
  PRIMARY KEY (source)
);

CREATE TABLE taste (
  term VARCHAR NOT NULL,
  points FLOAT NOT NULL,
  PRIMARY KEY (term)
);

CREATE TABLE title_anchor (
  candidate_id INTEGER NOT NULL,
  anchors BLOB NOT NULL,
  PRIMARY KEY (candidate_id)
);

CREATE TABLE candidate_key (
  "key" VARCHAR NOT NULL,
  candidate_id INTEGER NOT NULL,
  PRIMARY KEY ("key"),
  FOREIGN KEY(candidate_id) REFERENCES candidate (id)
);

CREATE TABLE entry (
  id INTEGER NOT NULL,
  source VARCHAR NOT NULL,
  guid VARCHAR NOT NULL,
  candidate_id INTEGER NOT NULL,
  url VARCHAR,
  title VARCHAR NOT NULL,
  published_at DATETIME,
  updated_at DATETIME,
  arrived_at DATETIME NOT NULL,
  summary VARCHAR NOT NULL,
  content VARCHAR NOT NULL,
  extra JSON NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (source, guid),
  FOREIGN KEY(candidate_id) REFERENCES candidate (id)
);

CREATE TABLE item (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  issue_id INTEGER NOT NULL,
  section_index INTEGER NOT NULL,
  position INTEGER NOT NULL,
  title VARCHAR NOT NULL,
  title_raw VARCHAR NOT NULL,
  url VARCHAR,
  source VARCHAR NOT NULL,
  tags JSON NOT NULL,
  links JSON NOT NULL,
  summary VARCHAR NOT NULL,
  anchor VARCHAR NOT NULL,
  candidate_id INTEGER,
  starred BOOLEAN NOT NULL,
  untouched JSON NOT NULL,
  line INTEGER,
  FOREIGN KEY(issue_id) REFERENCES issue (id)
);

CREATE TABLE item_key (
  id INTEGER NOT NULL,
  "key" VARCHAR NOT NULL,
  item_id INTEGER NOT NULL,
  relation VARCHAR NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(item_id) REFERENCES item (id)
);

CREATE INDEX ix_candidate_key_candidate_id ON candidate_key (candidate_id);

CREATE INDEX ix_candidate_queue ON candidate (status, score, published_at, id);

CREATE INDEX ix_candidate_standing ON candidate (merged_into, status);

CREATE INDEX ix_decision_at ON decision (at);

CREATE INDEX ix_decision_head ON decision (id, action, undoes);

CREATE INDEX ix_entry_arrived_at ON entry (arrived_at);

CREATE INDEX ix_entry_candidate_id ON entry (candidate_id);

CREATE INDEX ix_issue_date ON issue (date);

CREATE INDEX ix_issue_status ON issue (status);

CREATE INDEX ix_item_candidate_id ON item (candidate_id);

CREATE INDEX ix_item_issue_id ON item (issue_id);

CREATE INDEX ix_item_key_item_id ON item_key (item_id);

CREATE INDEX ix_item_key_key ON item_key ("key");

CREATE INDEX ix_request_source ON request (source);
