/**
 * A function that computes once for each object what follows from it, and keeps
 * that as long as the object is there. The object must never change, and
 * nothing else may count for the result.
 */
export function remember<Key extends object, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    let found = known.get(key);
    if (found === undefined) {
      found = { value: compute(key) };
      known.set(key, found);
    }
    return found.value;
  };
}

/** The same for what follows from two objects. */
export function rememberPair<First extends object, Second extends object, Value>(
  compute: (first: First, second: Second) => Value,
): (first: First, second: Second) => Value {
  const bySecond = remember((first: First) => remember((second: Second) => compute(first, second)));
  return (first, second) => bySecond(first)(second);
}
