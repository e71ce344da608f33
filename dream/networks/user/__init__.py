"""Networks that people bring: declared, checked, frozen and tried in a sandbox."""
