use super::{Graph, Picture, Rect};
use serde_json::{Map, Value, json};

/// A graph and its picture as the editor's preview and other programs read them. `place` says where an item stands, under
/// keys of its own.
pub fn json(graph: &Graph, picture: &Picture, place: &dyn Fn(usize) -> Map<String, Value>) -> Value {
    let mut nodes = Vec::new();
    let mut groups = Vec::new();
    let id = |at: usize| graph.items.get(at).map(|item| item.id.as_str());
    for (at, (item, rect)) in graph.items.iter().zip(&picture.boxes).enumerate() {
        let Rect { x, y, width, height } = *rect;
        let mut shown = json!({
            "id": item.id,
            "label": item.label,
            "detail": item.detail,
            "kind": item.kind.word(),
            "parent": item.parent.and_then(id),
            "x": x,
            "y": y,
            "width": width,
            "height": height,
        });
        if let Value::Object(fields) = &mut shown {
            fields.extend(place(at));
        }
        if item.kind.is_group() { groups.push(shown) } else { nodes.push(shown) }
    }
    let edges: Vec<Value> = graph
        .edges
        .iter()
        .zip(&picture.lines)
        .map(|(edge, points)| {
            json!({ "from": id(edge.from), "to": id(edge.to), "kind": edge.kind.word(), "points": points })
        })
        .collect();
    json!({
        "v": 1,
        "workflow": graph.workflow,
        "width": picture.width,
        "height": picture.height,
        "nodes": nodes,
        "groups": groups,
        "edges": edges,
    })
}
