"""Running and kept dreams."""
