/** The name of a server. Where it does not fit it wraps before its dots, and not in the middle of a word. */
export function HostName({ host }: { host: string }) {
  const [first, ...others] = host.split('.');
  return <span className="ui-host">{first}{others.map((part, place) => <span key={place}><wbr />.{part}</span>)}</span>;
}
