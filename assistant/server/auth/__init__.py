"""Who may come in to the server: users, roles, sessions, the login page, and limits on how often."""
