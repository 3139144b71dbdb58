// The workflows of a script and what they take, read from `agentflow check --emit plan --format json`.

/** A type as the plan writes it: `"bool"`, `{ "text": … }`, `{ "named": 3 }`, `{ "optional": T }`, `{ "list": [T, max] }`. */
type PlanType = string | Record<string, unknown>;

interface PlanDeclaration {
  name: string;
  kind: { enum?: { variants: { name: string }[] } } & Record<string, unknown>;
}

interface PlanWorkflow {
  name: string;
  doc: string | null;
  place: { file: number };
  params: { name: string; doc: string | null; ty: PlanType; default: number | null }[];
}

export interface Plan {
  types: PlanDeclaration[];
  workflows: PlanWorkflow[];
}

export interface Parameter {
  name: string;
  doc: string | undefined;
  /** The type in the author's words. */
  type: string;
  /** What may be chosen; nothing where it is typed in. */
  choices: string[] | undefined;
  /** Whether it may be left out. */
  optional: boolean;
}

export interface Workflow {
  name: string;
  doc: string | undefined;
  parameters: Parameter[];
}

/** The workflows that the checked script itself declares. */
export function workflows(json: string): Workflow[] {
  const plan = JSON.parse(json) as Plan;
  return plan.workflows
    .filter((it) => it.place.file === 0)
    .map((it) => ({
      name: it.name,
      doc: it.doc ?? undefined,
      parameters: it.params.map((param) => ({
        name: param.name,
        doc: param.doc ?? undefined,
        type: describe(param.ty, plan),
        choices: choices(param.ty, plan),
        optional: param.default !== null || hasKey(param.ty, 'optional'),
      })),
    }));
}

function hasKey(type: PlanType, key: string): type is Record<string, unknown> {
  return typeof type === 'object' && type !== null && key in type;
}

function describe(type: PlanType, plan: Plan): string {
  if (typeof type === 'string') {
    return type;
  }
  if (hasKey(type, 'optional')) {
    return `${describe(type['optional'] as PlanType, plan)}?`;
  }
  if (hasKey(type, 'list')) {
    return `[${describe((type['list'] as [PlanType])[0], plan)}]`;
  }
  if (hasKey(type, 'named')) {
    return plan.types[type['named'] as number]?.name ?? 'record';
  }
  return Object.keys(type)[0] ?? 'text';
}

function choices(type: PlanType, plan: Plan): string[] | undefined {
  if (hasKey(type, 'optional')) {
    return choices(type['optional'] as PlanType, plan);
  }
  if (type === 'bool') {
    return ['true', 'false'];
  }
  if (type === 'grade') {
    return ['S', 'A', 'B', 'C', 'D', 'F'];
  }
  if (hasKey(type, 'named')) {
    return plan.types[type['named'] as number]?.kind.enum?.variants.map((it) => it.name);
  }
  return undefined;
}
