"""The usual way to write a borrow: one plain Django REST framework view, to compare with. Nothing is left out that its
settings, its sign-in or its answer need, and nothing is added."""
