//! Who is asking: passwords, tokens, and the extractors that turn a token into a customer or a person of the staff.

pub mod attempts;
pub mod customer;
pub mod pace;
pub mod passwords;
pub mod permit;
pub mod sealing;
pub mod staff;
pub mod staff_write;
pub mod tokens;
pub mod totp;
