"""The newest schema, by the name of its revision."""

HEAD = "0003"
