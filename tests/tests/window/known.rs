//! Who people are: said in people and keys, heeded by the check of a subject, and taken back.

use thirtyfour::{By, Key};
use wardmail_tests::clinician::Message;
use wardmail_tests::{Clinician, Window, results_dir};

use crate::practice::Practice;

const SOMEBODY: &str = "rosa.lindqvist@mail.example";
const DANA: &str = "dana.ortiz@clinic.example";
const ABOUT_DANA: &str = "Dana Ortiz biopsy results";

#[tokio::test]
async fn roles_and_marks_change_what_a_subject_says_and_are_taken_back() {
    let Some(practice) = Practice::open(|_| ()) else { return };
    let window = practice.window().await;
    practice.set_up(&window).await;
    a_patient_gets_it(&window).await;
    somebody_works_here(&window).await;
    a_mark_is_listed(&window).await;
    window.close().await.unwrap();
}

/// "Biopsy results" says whose they are only if the one who gets them is a patient.
async fn a_patient_gets_it(window: &Window) {
    let clinician = Clinician::at(window);
    let message = Message { to: &[SOMEBODY], subject: "Biopsy results", body: "They are in." };
    clinician.write(message).await.unwrap();
    clinician.plan_is(SOMEBODY, "no-key").await.unwrap();
    assert_eq!(window.all("subject-advice").await.unwrap().len(), 0);

    to_people(window).await;
    window.find("roles-empty").await.unwrap();
    say_role(window, SOMEBODY, "Rosa Lindqvist", "role-patient").await;
    window.has("role-row", "data-role", "patient").await.unwrap();
    window.has("role-row", "data-address", SOMEBODY).await.unwrap();
    to_draft(window).await;
    window.find("subject-advice").await.unwrap();
    she_is_somebody_else(window).await;
    to_draft(window).await;
    window.gone("subject-advice").await.unwrap();
    window.click("composer-close").await.unwrap();
    window.gone("composer").await.unwrap();
}

/// Changed, not added once more.
async fn she_is_somebody_else(window: &Window) {
    to_people(window).await;
    press(window, "role-change").await;
    window.find("role-dialog").await.unwrap();
    assert_eq!(window.all("role-address").await.unwrap().len(), 0);
    window.click("role-business").await.unwrap();
    window.type_into("role-name", &Key::Enter.value().to_string()).await.unwrap();
    window.has("role-row", "data-role", "business").await.unwrap();
    assert_eq!(window.all("role-row").await.unwrap().len(), 1);
}

/// A colleague's name is no patient's; taken back, it may be.
async fn somebody_works_here(window: &Window) {
    let clinician = Clinician::at(window);
    let message = Message { to: &[SOMEBODY], subject: ABOUT_DANA, body: "They are in." };
    clinician.write(message).await.unwrap();
    window.find("subject-advice").await.unwrap();
    to_people(window).await;
    say_role(window, DANA, "Dana Ortiz", "role-staff").await;
    let dana = format!("[data-testid=role-row][data-address=\"{DANA}\"][data-role=staff]");
    window.find_css(&dana).await.unwrap();
    window.screenshot(&results_dir().join("roles.png")).await.unwrap();
    to_draft(window).await;
    window.gone("subject-advice").await.unwrap();

    to_people(window).await;
    for left in [1, 0] {
        press(window, "role-remove").await;
        let fewer = async || Ok(window.all("role-row").await?.len() == left);
        window.wait_until("the row to go", crate::practice::LONG, fewer).await.unwrap();
    }
    window.find("roles-empty").await.unwrap();
    to_draft(window).await;
    window.find("subject-advice").await.unwrap();
}

/// A name that is marked in the composer is found in the list, where the mark goes and comes back.
async fn a_mark_is_listed(window: &Window) {
    window.click("subject-not-patient").await.unwrap();
    window.gone("subject-advice").await.unwrap();
    to_people(window).await;
    window.has("mark-row", "data-name", "Dana Ortiz").await.unwrap();
    press(window, "mark-remove").await;
    window.find("marks-empty").await.unwrap();
    to_draft(window).await;
    window.find("subject-advice").await.unwrap();

    undo(window, "Dana Ortiz may be").await;
    window.find("mark-row").await.unwrap();
    window.gone("subject-advice").await.unwrap();
}

/// Presses the button of the notice with these words; others may be shown.
async fn undo(window: &Window, words: &str) {
    let button = format!(
        "//*[@data-testid='toast'][contains(., '{words}')]//*[@data-testid='toast-action']"
    );
    window.driver().find(By::XPath(button)).await.unwrap().click().await.unwrap();
}

/// The draft waits at the edge of the window.
async fn to_people(window: &Window) {
    window.click("composer-minimise").await.unwrap();
    window.has("composer", "data-size", "small").await.unwrap();
    window.click("place-people").await.unwrap();
}

async fn to_draft(window: &Window) {
    window.click("composer-minimise").await.unwrap();
    window.has("composer", "data-size", "docked").await.unwrap();
}

async fn say_role(window: &Window, address: &str, name: &str, role: &str) {
    press(window, "role-add").await;
    window.type_into("role-address", address).await.unwrap();
    window.type_into("role-name", name).await.unwrap();
    window.click(role).await.unwrap();
    window.screenshot(&results_dir().join("role-dialog.png")).await.unwrap();
    window.click("role-submit").await.unwrap();
    window.gone("role-dialog").await.unwrap();
}

/// The button, brought to where the waiting draft doesn't cover it.
async fn press(window: &Window, id: &str) {
    const SHOW: &str = "arguments[0].scrollIntoView({ block: 'center' })";
    let button = window.find(id).await.unwrap().to_json().unwrap();
    window.driver().execute(SHOW, vec![button]).await.unwrap();
    window.click(id).await.unwrap();
}
