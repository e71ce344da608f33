"""Views of running jobs and stored dreams."""
