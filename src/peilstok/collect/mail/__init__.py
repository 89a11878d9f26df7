"""The mails of a wave: who gets which (`messages`), and how handing one over ended (`mailserver`)."""
