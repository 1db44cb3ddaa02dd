import { act, fireEvent, render, screen } from '@testing-library/react';
import { Link, MenuLink, Redirect, Router, usePlace, useSearch } from './router.js';

function Shown() {
  const { pathname, search, moves } = usePlace();
  const [query, setQuery] = useSearch();
  return (
    <>
      <p>{`${pathname}${search}, ${moves} moves, q is ${query.get('q')}`}</p>
      <MenuLink to="/jobs">Jobs</MenuLink>
      <Link to="?q=here">Question</Link>
      <button type="button" onClick={() => setQuery({ q: 'a b' })}>Ask</button>
      <button type="button" onClick={() => setQuery({})}>Ask nothing</button>
      {pathname === '/old' && <Redirect to="/new" />}
    </>
  );
}

function visit(address: string): void {
  window.history.replaceState(null, '', address);
  render(<Router><Shown /></Router>);
}

test('A link moves inside the page, the back button returns, and the menu says where the person is', async () => {
  visit('/account');
  expect(screen.getByRole('link', { name: 'Jobs' })).not.toHaveAttribute('aria-current');
  fireEvent.click(screen.getByRole('link', { name: 'Jobs' }));
  expect(await screen.findByText('/jobs, 1 moves, q is null')).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'Jobs' })).toHaveAttribute('aria-current', 'page');
  window.history.back();
  expect(await screen.findByText('/account, 2 moves, q is null')).toBeInTheDocument();
});

test('The search of the address is read and set, also by a link that names nothing else', async () => {
  visit('/activity?q=1');
  expect(screen.getByText('/activity?q=1, 0 moves, q is 1')).toBeInTheDocument();
  fireEvent.click(screen.getByRole('button', { name: 'Ask' }));
  expect(await screen.findByText('/activity?q=a+b, 1 moves, q is a b')).toBeInTheDocument();
  fireEvent.click(screen.getByRole('link', { name: 'Question' }));
  expect(await screen.findByText('/activity?q=here, 2 moves, q is here')).toBeInTheDocument();
  fireEvent.click(screen.getByRole('button', { name: 'Ask nothing' }));
  expect(await screen.findByText('/activity, 3 moves, q is null')).toBeInTheDocument();
});

test('A redirect is skipped by the back button, and a link to the present place adds no step to go back', async () => {
  const before = window.history.length;
  visit('/old');
  expect(await screen.findByText('/new, 1 moves, q is null')).toBeInTheDocument();
  fireEvent.click(screen.getByRole('link', { name: 'Jobs' }));
  await screen.findByText('/jobs, 2 moves, q is null');
  fireEvent.click(screen.getByRole('link', { name: 'Jobs' }));
  await screen.findByText('/jobs, 3 moves, q is null');
  expect(window.history.length).toBe(before + 1);
});

test('A jump inside the screen is no move, and a click with a key held is left to the browser', async () => {
  visit('/account');
  window.location.hash = 'content';
  await act(() => new Promise((resolve) => window.addEventListener('popstate', resolve, { once: true })));
  expect(screen.getByText('/account, 0 moves, q is null')).toBeInTheDocument();
  expect(fireEvent.click(screen.getByRole('link', { name: 'Jobs' }), { ctrlKey: true })).toBe(true);
  expect(fireEvent.click(screen.getByRole('link', { name: 'Jobs' }))).toBe(false);
});
