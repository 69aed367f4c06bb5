"""What is PostgreSQL's own. No module of it is loaded where SQLite is used."""
