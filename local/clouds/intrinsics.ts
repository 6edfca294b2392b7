/** A value as a CloudFormation template writes it in JSON. */
export type TemplateValue =
  | string
  | number
  | boolean
  | null
  | readonly TemplateValue[]
  | { readonly [key: string]: TemplateValue };

/**
 * Replaces `Ref` and `Fn::Join`, the two functions that stand in what the function is given. Any other one is an error,
 * so that a template which begins to use it does not pass half resolved.
 *
 * @param references what each logical id stands for
 */
export function resolveIntrinsics(
  value: TemplateValue,
  references: ReadonlyMap<string, string>,
): TemplateValue {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((item) => resolveIntrinsics(item, references));
  const [[name, argument] = [], ...others] = Object.entries(value);
  const isFunction = name !== undefined && others.length === 0 && /^(Ref$|Fn::)/.test(name);
  if (!isFunction) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, resolveIntrinsics(item, references)]),
    );
  }
  if (name === 'Ref' && typeof argument === 'string') return referenced(argument, references);
  if (name === 'Fn::Join' && argument !== undefined) return join(argument, references);
  throw new Error(`the template uses ${name}, which is not known here`);
}

function referenced(id: string, references: ReadonlyMap<string, string>): string {
  const target = references.get(id);
  if (target === undefined)
    throw new Error(`the template refers to ${id}, which is not known here`);
  return target;
}

function join(argument: TemplateValue, references: ReadonlyMap<string, string>): string {
  const [separator, parts] = resolveIntrinsics(argument, references) as [string, readonly string[]];
  return parts.join(separator);
}

/** Array.isArray does not narrow readonly arrays. */
function isList(value: TemplateValue): value is readonly TemplateValue[] {
  return Array.isArray(value);
}
