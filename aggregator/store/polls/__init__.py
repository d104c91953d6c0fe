"""What polls do in the store: the part of every repository that is run in each of them, so that a poll of an SQLite file gets by
without SQLAlchemy, whose import takes longer than asking a hundred sources. The repositories beside this package go on from
there."""
