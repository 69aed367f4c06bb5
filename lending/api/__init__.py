"""The HTTP door of lending: views, what goes in and out, and the group commit of borrows."""
