"""Errors that a person can put right: their text is shown as it is, in the page and in the terminal."""


class UserError(ValueError):
    """Bad input, told in one sentence that says what is wrong and what to do."""


class StorageError(UserError):
    """A folder is full or read-only: what failed may work later, without anything else being changed."""
