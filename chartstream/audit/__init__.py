"""The appeal bundle: all that is known of one encounter's claim, in a form that shows when it was tampered with."""
