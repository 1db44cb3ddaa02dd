/** Stands for any picture or style sheet: tests look at words. */
export default 'picture.svg';
