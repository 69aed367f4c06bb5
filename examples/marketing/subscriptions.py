"""What marketing listens to."""

from lending.events import BookBorrowed
from marketing.handlers import remember_borrower

SUBSCRIPTIONS = {BookBorrowed: [remember_borrower]}
