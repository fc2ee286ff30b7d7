"""What is asked, about which careers and topics."""
