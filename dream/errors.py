"""One error for everything a person can put right: its text is shown as it is, in the page and in the terminal."""


class UserError(ValueError):
    """Bad input, told in one sentence that says what is wrong and what to do."""
