use super::Value;
use crate::plan::{Plan, Type};

/// A value as it is written into a text (L2.9).
pub fn render(plan: &Plan, value: &Value, ty: &Type) -> String {
    let _ = (plan, value, ty);
    String::new()
}
