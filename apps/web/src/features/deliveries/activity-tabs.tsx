import { MenuLink } from '../../lib/router.js';
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
          <li><MenuLink to="/activity">{t.deliveries}</MenuLink></li>
          <li><MenuLink to="/activity/jobs">{t.jobs}</MenuLink></li>
          <li><MenuLink to="/activity/why">{t.why}</MenuLink></li>
        </ul>
      </nav>
    </>
  );
}
