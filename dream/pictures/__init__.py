"""Pictures: decoding, display, PNG with recipes, films, start pictures, contact sheets."""
