"""The database behind the ports of the domain: SQLAlchemy over SQLite or PostgreSQL."""
