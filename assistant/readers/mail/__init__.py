"""Mails, and web pages saved in their form."""
