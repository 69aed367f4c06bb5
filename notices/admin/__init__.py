"""The librarian's side of notices."""

from notices.admin.notices import NoticeAdmin
from notices.admin.timing import TimingAdmin
from notices.admin.wording import WordingAdmin

__all__ = ["NoticeAdmin", "TimingAdmin", "WordingAdmin"]
