//! What is wrong with a case, and the one safe fix.

mod causes;
mod fixes;
mod nobody;
mod properties;
mod stand;
mod written;
