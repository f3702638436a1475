//! Who acts, as `people.sql` made them: customers 0–399 and staff 0–31, signed in already.

use uuid::Uuid;

fn id(group: u128, number: usize) -> Uuid {
    Uuid::from_u128((0x7000 << 64) | (group << 48) | number as u128)
}

/// A customer's id.
pub fn user(number: usize) -> Uuid {
    id(0x8000, number)
}

/// A customer's access token.
pub fn user_token(number: usize) -> String {
    format!("rps_chaos_{number}")
}

/// A staff person's id.
pub fn staff(number: usize) -> Uuid {
    id(0xa000, number)
}

/// A staff person's access token.
pub fn staff_token(number: usize) -> String {
    format!("rpt_chaos_{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_the_sql() {
        assert_eq!(user(10).to_string(), "00000000-0000-7000-8000-00000000000a");
        assert_eq!(staff(31).to_string(), "00000000-0000-7000-a000-00000000001f");
    }
}
