//! Who is asking: passwords, tokens, and the extractors that turn a token into a customer or a person of the staff.

pub mod attempts;
pub mod customer;
pub mod passwords;
pub mod staff;
pub mod staff_write;
pub mod tokens;
