"""The database: tables, migrations, and one repository for each kind of noun. The only user of sqlmodel and sqlalchemy."""
