"""Dreams that are kept: files, an index over them, and the trash."""
