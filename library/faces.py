"""Where people are led, and in whose name they are written to: pages of the faces, of which contexts know nothing."""

LOGIN_URL, LOGIN_REDIRECT_URL = "admin:login", "opac:me"
AXES_LOCKOUT_CALLABLE = "desk.locked_out.please_wait"
PASSWORD_FORGOTTEN_PAGE, PASSWORD_RESET_PAGE = "opac:forgotten_password", "opac:reset_password"
LIBRARY_NAME, UNSUBSCRIBE_PAGE = "opac.library_page.library_name", "opac:unsubscribe"
