import { NavLink } from 'react-router';
import { PageHead } from '../../app/page-head.js';
import { activityTexts } from '../../texts-of-activity.js';

/** The heading of the activity screens, and the ways between them. */
export function ActivityHead() {
  const t = activityTexts.activity;
  return (
    <>
      <PageHead title={t.title} />
      <nav aria-label={t.views}>
        <ul className="tabs">
          <li><NavLink to="/activity" end>{t.deliveries}</NavLink></li>
          <li><NavLink to="/activity/jobs">{t.jobs}</NavLink></li>
          <li><NavLink to="/activity/why">{t.why}</NavLink></li>
        </ul>
      </nav>
    </>
  );
}
