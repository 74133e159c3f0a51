mod by_hand;
mod logic;
mod table;
