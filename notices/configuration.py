"""Settings of the notices that don't depend on the installation."""

LIBRARY_NAME = "opac.library_page.library_name"
UNSUBSCRIBE_PAGE = "opac:unsubscribe"
