"""Files in files: zip archives, attachments, and the guard before what unpacks."""
