"""Who asks for something."""

from typing import NamedTuple

from dream.errors import UserError


class Asker(NamedTuple):
    """Who asks: the browser session or the address of the person who is logged in, and whether they are an admin."""

    name: str
    admin: bool = False

    def check_admin(self, to: str) -> None:
        """Raises UserError where they are no admin; ``to`` says what they wanted to do."""
        if not self.admin:
            raise UserError(f"Only admins can {to}.")
