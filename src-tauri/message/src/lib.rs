//! MIME in and out: parsing with limits, text, HTML sanitising, composing.
